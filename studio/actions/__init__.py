"""Everything the user can do, as tables: menu, shortcut, enabling rule, function."""
