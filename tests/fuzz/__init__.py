"""What if anything at all is sent, anywhere? Every form and every parameter is found on the pages themselves and filled by hypothesis.

`python -m tests.fuzz --requests 20000` asks as long as one likes; `test_fuzz.py` a short form in every test run. A request that did
harm is printed as a line for `found.json`: what stands there is sent again first, for ever.
"""
