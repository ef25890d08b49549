"""Docker command lines on the specification: a world of containers and images with names, ids and a clock."""
