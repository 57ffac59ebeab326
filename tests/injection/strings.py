"""Strings that would do harm where a text is taken for something else: SQL, HTML, a path, a header, a line of a log."""

from __future__ import annotations

MARK = "kt7q"
"""Stands in strings that must not be carried out; no word of the service has it."""

PRODUCT = str(7919 * 7907)
"""What templates would make of `7919*7907`."""

_SUM = "7919*7907"
STRINGS = {
    "SQL, always true": "' OR '1'='1' --",
    "SQL, other rows": "' UNION SELECT encode(token_sha256, 'hex') FROM access_token --",
    "SQL, a second statement": "1; DROP TABLE asset; --",
    "SQL, waiting": "1' || pg_sleep(30) || '",
    "SQL, waiting at a number": "1 OR 1=(SELECT 1 FROM pg_sleep(30))",
    "SQL, quoted by dollars": "$$; SELECT pg_sleep(30); $$",
    "SQL, an escaped quote": "\\'; SELECT pg_sleep(30); --",
    "SQL, places of values": "%(municipality_code)s %s :municipality_code $1",
    "SQL, a program": f"'; COPY (SELECT 1) TO PROGRAM 'touch /tmp/{MARK}'; --",
    "SQL, wide quotes": f"＇ ＯＲ １＝１ －－ ＜{MARK}＞",
    "CQL2, always true": "name = 'x' OR 1=1",
    "CQL2, a function": "pg_read_file('/etc/passwd') = 'x'",
    "CQL2, a column in quotes": '"name""; DROP TABLE asset; --" = \'x\'',
    "CQL2, deep": "(" * 400 + "1=1" + ")" * 400,
    "CQL2 as JSON": '{"op": "=", "args": [{"property": "name\' --"}, {"op": "pg_sleep", "args": [30]}]}',
    "HTML, a script": f"<{MARK}><script>alert(7)</script>",
    "HTML, an attribute": f"\"'><{MARK} onmouseover=alert(7)>",
    "HTML, the end of a script": f"</script></textarea></title><{MARK}>",
    "HTML, an address": f"javascript:alert('{MARK}')//",
    "a template's sum": f"{{{{{_SUM}}}}}${{{_SUM}}}#{{{_SUM}}}<%= {_SUM} %>",
    "a template's classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}{% include '/etc/passwd' %}",
    "Python's formats": "{0.__class__.__init__.__globals__} %(password)s %n%x%s",
    "a header": f"x\r\nX-{MARK}: 1\r\nSet-Cookie: {MARK}=1",
    "a header by Unicode": f"x嘍嘊X-{MARK}: 1",
    "a second answer": f"x\r\n\r\nHTTP/1.1 200 OK\r\nX-{MARK}: 1\r\n\r\n<{MARK}>",
    "a line of a log": f'x\n{{"event": "{MARK}_forged", "level": "info"}}',
    "signs of a terminal": f"\x1b[2J\x1b]0;{MARK}\x07\x9b31m",
    "NUL": "a\x00b",
    "a path upwards": "../../../../../../../../etc/passwd",
    "a path upwards, encoded": "..%2f..%2f..%2f..%2f..%252f..%252fetc%2fpasswd",
    "a path upwards, of Windows": "..\\..\\..\\..\\windows\\win.ini",
    "a path cut off": "../../../../etc/passwd\x00.csv",
    "a path from the root": "/etc/passwd",
    "an address of a file": "file:///etc/passwd",
    "an address elsewhere": f"//127.0.0.1:9/{MARK}",
    "a place of GDAL": "/vsizip//vsicurl/http://127.0.0.1:9/kt7q.zip",
    "a database of GDAL": "PG:dbname=postgres tables=access_token",
    "JSON": '{"__proto__": {"role": "admin"}, "$ref": "file:///etc/passwd"}',
    "YAML": f"!!python/object/apply:os.system ['touch /tmp/{MARK}']",
    "XML": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><{MARK}>&e;</{MARK}>',
    "a command": f"$(touch /tmp/{MARK})`touch /tmp/{MARK}`;touch /tmp/{MARK}|touch /tmp/{MARK}",
    "a formula": f'=HYPERLINK("http://127.0.0.1:9/{MARK}";"x")',
    "a formula that runs": "=cmd|' /C calc'!A0",
    "a text from right to left": "\u202egnp.exe\u2066\u200d\ufeff",
    "half a character": "\ud800\udfff\udc00",
    "no character": "\uffff\ufdd0\U0010ffff",
    "letters that fold": "ſelect ﬀ İ K",
    "signs upon signs": "a" + "\u0301" * 500,
    "an endless number": "1e999999",
    "a search that never ends": "a" * 5000 + "!",
    "all": "*",
    "too long": "x" * 20_000,
}
