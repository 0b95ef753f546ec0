"""Reads cases from standard input, as receiver_test.go writes them, and says what is not as they want it."""

import base64
import json
import sys

from receiver import Ledger, Refused, open_message


def genuine(case):
    try:
        open_message(case["keys"], case["headers"], base64.b64decode(case["body"]), case["now"])
    except Refused:
        return False
    except ImportError:
        print(f"not checked, as the package cryptography is missing: {case['name']}")
        return case["genuine"]
    return True


def main():
    given, problems = json.load(sys.stdin), 0
    for case in given["cases"]:
        if genuine(case) != case["genuine"]:
            problems += 1
            print(f"{case['name']}: the receiver finds it {'forged' if case['genuine'] else 'genuine'}")
    for feed in given["feeds"]:
        ledger = Ledger()
        fresh = [ledger.take(message) for message in feed["messages"]]
        missing = ledger.missing()
        missing = missing and {"after": missing[0], "before": missing[1]}
        if (fresh, missing) != (feed["fresh"], feed["missing"]):
            problems += 1
            print(f"{feed['name']}: {fresh}, {missing}; want {feed['fresh']}, {feed['missing']}")
    sys.exit(1 if problems else 0)


main()
