"""Raw speech to 46 facial expressions and head rotation, frame by frame without looking ahead."""
