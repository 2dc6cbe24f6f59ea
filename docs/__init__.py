"""Generated pages and the program that writes them."""
