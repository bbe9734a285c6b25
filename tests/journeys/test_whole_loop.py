"""Can an enterprise walk the whole first loop, in both languages, on phone and desktop, with and without script?"""
