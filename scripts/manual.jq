# One manual page of man(7), made of what `plumb --experimental-dump-help` tells of a command.
#
#   jq -r --arg command 'plumb run' --arg version 0.1.0 --arg date 2026-01-31 -f scripts/manual.jq
#
# `$command` is the command with those above it. What a page says is the program's own help; nothing is written here.

# Text as roff takes it: a backslash is its escape, a dash that is no hyphen is marked.
def escaped: gsub("\\\\"; "\\e") | gsub("-"; "\\-");
# The same at the beginning of a line, where `.` and `'` begin a request.
def line: escaped | if test("^[.']") then "\\&" + . else . end;
def quoted: "\"" + (escaped | gsub("\""; "\\(dq")) + "\"";
def bold: "\\fB" + escaped + "\\fR";
def italic: "\\fI" + escaped + "\\fR";

def whole: if .superCommands then (.superCommands + [.commandName]) | join(" ") else .commandName end;
def page: gsub(" "; "-");

# `-j`, `--jobs`.
def written: if .kind == "short" then "-" + .name else "--" + .name end;
def value: if .kind == "flag" then "" else " " + (.valueName | italic) end;

# An option with its meaning.
def option:
    ".TP",
    ([.names[] | written | bold] | join(", ")) + value,
    (.abstract // "" | line),
    (.abstract as $said | (.allValues // [] | join(", "))
     | select(. as $values | $values != "" and ($said | contains($values) | not)) | "Values: \(.)." | line),
    (select(.defaultValue) | "Default: \(.defaultValue)." | line);

# A paragraph: plain lines run on, indented ones are a list, whose meanings go on far to the right, or lines as they stand.
def paragraph:
    split("\n")[]
    | if test("^ {20}") then ltrimstr(" " * 26) | line
      elif test("^  --[a-z-]+ <[^>]*>$") then ".TP", (ltrimstr("  ") | bold)
      elif test("^  \\S.*?  \\S") then
          capture("^  (?<term>\\S.*?)  +(?<text>.*)$") | ".TP", (.term | bold), (.text | line)
      elif startswith("  ") then ".RS 4", (ltrimstr("  ") | bold), ".RE"
      else line end;

def paragraphs: (.discussion // "") | split("\n\n")[];

.command as $root
| [$root | recurse(.subcommands[]?) | select(.shouldDisplay and .commandName != "help")] as $all
| ($all[] | select(whole == $command))
| [.arguments[]? | select(.shouldDisplay)] as $arguments
| [.subcommands[]? | select(.shouldDisplay and .commandName != "help")] as $subcommands
| (if .abstract == "" then .commandName else .abstract end) as $abstract
| ".\\\" Made of the help of plumb: see scripts/manual.jq.",
  ".TH \($command | page | ascii_upcase | quoted) 1 \"\($date)\" \("plumb " + $version | quoted) \("Plumb" | quoted)",
  ".nh",
  ".ad l",
  ".SH NAME",
  ($command | page | escaped) + " \\- " + ($abstract | rtrimstr(".") | escaped),
  ".SH SYNOPSIS",
  ($command | bold)
  + (if any($arguments[]; .kind != "positional") then " [\("options" | italic)]" else "" end)
  + ([$arguments[] | select(.kind == "positional")
      | (.valueName | italic) + (if .isRepeating then " ..." else "" end)
      | " " + .] | join(""))
  + (if $subcommands == [] then "" elif $arguments | any(.kind == "option") then " [\("command" | italic)]"
     else " \("command" | italic) ..." end),
  ".SH DESCRIPTION",
  ($abstract | line),
  (paragraphs | select(startswith("Exit status:") | not) | ".PP", paragraph),
  (if any($arguments[]; .kind == "positional") then
      ".SH ARGUMENTS",
      ($arguments[] | select(.kind == "positional") | ".TP", (.valueName | italic), (.abstract // "" | line))
   else empty end),
  (if any($arguments[]; .kind != "positional") then
      ".SH OPTIONS", ($arguments[] | select(.kind != "positional") | option)
   else empty end),
  (if $subcommands == [] then empty else
      ".SH COMMANDS",
      ($subcommands[] | ".TP", "\\fB\(whole | page | escaped)\\fR(1)", (.abstract | line))
   end),
  ([paragraphs | select(startswith("Exit status:"))] | if . == [] then empty else
      ".SH EXIT STATUS", (.[] | ltrimstr("Exit status:") | ltrimstr(" ") | line)
   end),
  (if $command == ($root | whole) then empty else
      ".SH SEE ALSO",
      ([$root, ($all[] | select(whole != $command and (whole | startswith($root.commandName + " "))))]
       | map("\\fB\(whole | page | escaped)\\fR(1)") | join(",\n"))
   end)
