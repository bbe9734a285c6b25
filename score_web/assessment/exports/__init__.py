"""How does a self-assessment leave: as a PDF of one page, as a full PDF, as an Excel file, or blank to be printed?"""
