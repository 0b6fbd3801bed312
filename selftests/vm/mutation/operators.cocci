// SPDX-License-Identifier: GPL-2.0
/// The mutants of a C file: `spatch --sp-file operators.cocci --iso-file EMPTY --no-includes FILE` prints one a line,
///
///	OPERATOR LINE START END TEXT [START END TEXT]...
///
/// with tabs in between: TEXT takes the place of the bytes from START to before END. Several places of one mutant
/// come last one first. The same mutant may come twice.
//
// The rules say where, in terms of C; the functions of the next rule say what takes its place.

@initialize:python@
@@
import re, sys

source = {}		# FILE: (its text, where each line begins)
conditions = set()	# of if and ?:, which have an operator of their own
assigned = set()	# where assignments begin

ERROR, STATUS = "EIO", "STATUS_UNSUCCESSFUL"

def read(name):
    if name not in source:
        data = open(name, encoding="latin-1", newline="").read()
        begins = [0]
        for line in data.split("\n"):
            begins.append(begins[-1] + len(line) + 1)
        source[name] = (data, begins)
    return source[name]

def span(where):
    _, begins = read(where.file)
    return (begins[int(where.line) - 1] + int(where.column),
            begins[int(where.line_end) - 1] + int(where.column_end))

def text_of(where):
    begin, end = span(where)
    return read(where.file)[0][begin:end]

# One mutant; edits are (START, END, TEXT).
def mutant(operator, where, *edits):
    fields = [operator, where.line]
    for begin, end, text in sorted(edits, reverse=True):
        fields += [begin, end, re.sub(r"\s+", " ", text)]
    sys.stdout.buffer.write(("\t".join(map(str, fields)) + "\n").encode("latin-1"))

def replace(operator, where, text):
    mutant(operator, where, (*span(where), text))

OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "+": "-", "-": "+", "*": "/", "/": "*",
         "%": "*", "&": "|", "|": "&", "<<": ">>", ">>": "<<", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|="}

# Between two operands is an operator.
def swap(operator, left, right):
    begin, end = span(left)[1], span(right)[0]
    found = re.search(r"[-+*/%&|<>=!]+", read(left.file)[0][begin:end])
    mutant(operator, left, (begin + found.start(), begin + found.end(), OTHER[found[0]]))

def swap_operands(left, right):
    begin, end = span(left)[0], span(right)[1]
    middle = read(left.file)[0][span(left)[1]:span(right)[0]]
    mutant("swap-operands", left, (begin, end, text_of(right) + middle + "(" + text_of(left) + ")"))

def condition(where):
    conditions.add(span(where))
    replace("negate-condition", where, "!(" + text_of(where) + ")")

def leaf(where):
    text = text_of(where)
    if re.fullmatch(r"\d+", text):
        replace("off-by-one", where, str(int(text) + 1))
        if int(text) > 0:
            replace("off-by-one", where, str(int(text) - 1))
        if int(text) > 1:
            replace("other-constant", where, "0")
    elif text in ("true", "false"):
        replace("other-constant", where, "false" if text == "true" else "true")
    elif re.fullmatch(r"E[A-Z]{2,}", text):
        replace("other-error", where, ERROR if text != ERROR else "EINVAL")
    elif re.fullmatch(r"STATUS_\w+", text):
        replace("other-error", where, STATUS if text != STATUS else "STATUS_INVALID_PARAMETER")

def returned(where):
    text = text_of(where)
    if re.fullmatch(r"-\s*E[A-Z]{2,}", text):
        replace("no-error", where, "0")
    elif re.fullmatch(r"STATUS_\w+", text):
        if text != "STATUS_SUCCESS":
            replace("no-error", where, "STATUS_SUCCESS")
    elif not re.fullmatch(r"\d+|true|false|NULL", text):
        replace("return-zero", where, "0")

# An expression that is a statement
def statement(where):
    text = text_of(where)
    if re.match(LOCKS, text):
        return
    replace("skip-assignment" if span(where)[0] in assigned else "delete-call", where, "")

LOCKS = (r"(raw_)?(spin|read|write|mutex|rcu_read)_(un)?lock\w*\(|local_(irq|bh)_\w+\(|preempt_(en|dis)able\w*\("
         r"|Ke(Acquire|Release)\w*Lock\w*\(")

@branch@
expression E;
statement S1, S2;
position p;
@@
(
if (E@p) S1 else S2
|
if (E@p) S1
)

@script:python@
p << branch.p;
@@
for where in p:
    condition(where)
    replace("drop-condition", where, "true")
    replace("drop-condition", where, "false")

@choice@
expression E, A, B;
position p;
@@
(
E@p ? A : B
|
E@p ?: B
)

@script:python@
p << choice.p;
@@
for where in p:
    condition(where)

@loop@
expression E;
statement S;
position p;
@@
(
while (E@p) S
|
for (...; E@p; ...) S
)

@script:python@
p << loop.p;
@@
for where in p:
    conditions.add(span(where))
    replace("drop-condition", where, "false")

@otherwise@
expression E;
statement S1, S2;
position p, q;
@@
if (E) S1@p else S2@q

@script:python@
p << otherwise.p;
q << otherwise.q;
@@
mutant("skip-else", q[0], (span(p[0])[1], span(q[0])[1], ""))

@logic@
binary operator op = {&&, ||};
expression A, B;
position p, q;
@@
A@p op B@q

@script:python@
p << logic.p;
q << logic.q;
@@
(begin, end), (right, right_end) = span(p[0]), span(q[0])
mutant("drop-operand", p[0], (end, right_end, ""))
mutant("drop-operand", q[0], (begin, right, ""))

@bound@
binary operator op = {<, <=, >, >=};
expression A, B;
position p, q;
@@
A@p op B@q

@script:python@
p << bound.p;
q << bound.q;
@@
swap("swap-comparison", p[0], q[0])

@equal@
binary operator op = {==, !=};
expression A, B;
position p, q;
@@
A@p op B@q

@script:python@
p << equal.p;
q << equal.q;
@@
# a condition that is one comparison is negated already
if (span(p[0])[0], span(q[0])[1]) not in conditions:
    swap("swap-comparison", p[0], q[0])

@arithmetic@
binary operator op = {+, -, *, /, %, &, |, <<, >>};
expression A, B;
position p, q;
@@
A@p op B@q

@script:python@
p << arithmetic.p;
q << arithmetic.q;
@@
swap("swap-operator", p[0], q[0])

@difference@
binary operator op = {-, /, %};
expression A, B;
position p, q;
@@
A@p op B@q

@script:python@
p << difference.p;
q << difference.q;
@@
swap_operands(p[0], q[0])

@change@
assignment operator op = {+=, -=, |=, &=};
expression A, B;
position p, q;
@@
A@p op B@q

@script:python@
p << change.p;
q << change.q;
@@
assigned.add(span(p[0])[0])
swap("swap-operator", p[0], q[0])

@assign@
expression A, B;
position p;
@@
A@p = B

@script:python@
p << assign.p;
@@
for where in p:
    assigned.add(span(where)[0])

@count@
expression A;
position p;
@@
(
A++@p
|
A--@p
)

@script:python@
p << count.p;
@@
for where in p:
    replace("swap-operator", where, "--" if text_of(where) == "++" else "++")

@leaf@
expression E;
position p;
@@
E@p

@script:python@
p << leaf.p;
@@
for where in p:
    leaf(where)

@returned@
expression E;
position p;
@@
return E@p;

@script:python@
p << returned.p;
@@
for where in p:
    returned(where)

@alone@
expression E;
position p;
@@
E@p;

@script:python@
p << alone.p;
@@
for where in p:
    statement(where)

@jump@
position p;
identifier label;
@@
(
break@p;
|
continue@p;
|
return@p;
|
goto@p label;
)

@script:python@
p << jump.p;
@@
for where in p:
    begin = span(where)[0]
    # the end of a function counts as a return
    if text_of(where) != "}":
        mutant("delete-jump", where, (begin, read(where.file)[0].index(";", begin), ""))

@ordered@
identifier access = {smp_load_acquire, smp_store_release};
position p;
@@
access@p(...)

@script:python@
p << ordered.p;
access << ordered.access;
@@
for where in p:
    replace("weaken-barrier", where, {"smp_load_acquire": "READ_ONCE", "smp_store_release": "WRITE_ONCE"}[access])

@pair@
identifier lock =~ "^(raw_)?(spin|read|write|mutex|rcu_read)_lock|^local_(irq_save|irq_disable|bh_disable)|^preempt_disable";
identifier unlock =~ "^(raw_)?(spin|read|write|mutex|rcu_read)_unlock|^local_(irq_restore|irq_enable|bh_enable)|^preempt_enable";
expression list es, fs;
position p, pe, q, qe;
@@
lock@p(es)@pe;
... when != lock(es)
    when any
unlock@q(fs)@qe;

@script:python@
p << pair.p;
pe << pair.pe;
q << pair.q;
qe << pair.qe;
lock << pair.lock;
unlock << pair.unlock;
es << pair.es;
fs << pair.fs;
@@
# the same lock, released on each of the ways
if lock.replace("_irqsave", "_irqrestore").replace("_save", "_restore").replace("_disable", "_enable").replace("_lock", "_unlock") == unlock \
        and str(es).split(",")[0] == str(fs).split(",")[0]:
    mutant("drop-lock-pair", p[0], *((span(begin)[0], span(end)[1], "") for begin, end in zip([*p, *q], [*pe, *qe])))
