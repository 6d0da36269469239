"""Did this dialogue workshop change how two sides feel about each other, and how sure can we be?"""

__version__ = "0.1.0"
