"""Invented companies and people that make a new installation look alive; demo mode only."""
