#!/bin/sh
# playwright 1.65.2: `wait_for_function` with an expression fails where a page forbids eval, but only if it has to wait
#
# Expected: a condition is an expression, or a function to call, by the documentation; and `evaluate`
#     of an expression works on such a page. So all three conditions below are waited for.
# Seen: an expression that is true at the first look is found to be true. One that becomes true later
#     raises EvalError, because looking again evaluates text inside the page, where its Content
#     Security Policy holds. The same as a function, `() => ...`, is waited for.
# Why it matters: a test of a report that is closed to foreign scripts passes on a fast machine and fails on
#     a busy one, at random. Write conditions as functions, or ask with `evaluate` in a loop.
# Output: what became of each condition. Needs Chromium on the path, too (Debian's 150.0 was used).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check playwright==1.65.2
cat > "$work/page.html" <<'END'
<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">
<script>let n = 0; setTimeout(() => { n = 1; }, 500);</script>
END

expected='true at once, expression: waited for
true later, expression: EvalError
true later, function: waited for
evaluate of an expression: True'

seen=$("$work/venv/bin/python" - "$work/page.html" <<'END'
import shutil
import sys

from playwright.sync_api import Error, sync_playwright

CASES = (("true at once, expression", "n === 0 || n === 1"), ("true later, expression", "n === 1"),
         ("true later, function", "() => n === 1"))
found = shutil.which("chromium") or shutil.which("chromium-browser")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
    for name, condition in CASES:
        page = browser.new_page()
        page.goto(f"file://{sys.argv[1]}")
        try:
            page.wait_for_function(condition, timeout=20_000)
            print(f"{name}: waited for")
        except Error as error:
            print(f"{name}: {'EvalError' if 'EvalError' in str(error) else error}")
    print("evaluate of an expression:", page.evaluate("n === 1"))
    browser.close()
END
)
printf '%s\n' "$seen"
test "$seen" = "$expected"
