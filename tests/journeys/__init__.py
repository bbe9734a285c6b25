"""Whole journeys through a real browser: what people do from the first page to the accepted class."""
