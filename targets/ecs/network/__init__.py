"""Where tasks have their addresses and names, and who reaches whom."""
