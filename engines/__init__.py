"""The science of Anchor Studio: engines that turn jobs into values, without a window."""
