/**
 * What the reaper runs: POSIX sh, because that costs 1 MB and 1 ms where Node costs 40 and 50. It reads lines:
 *
 *     run PID TAG     an instance was started
 *     end PID         it is gone
 *     hunt TAG …      end what it has left behind; the tags are forgotten
 *
 * At the end of its input, that is of the gateway, it ends everything that is left and removes the temporary folders,
 * whose names begin with `$1`. Nothing but numbers of the gateway's own comes over the lines, and everything else is
 * passed over. Processes are looked up by tag: see `process-tag.ts`. An empty pattern would match every process, so
 * tags are checked, and a match that has the reaper itself in it counts as none.
 */
export const REAPER_SCRIPT = `
trap '' HUP INT QUIT TERM
groups=' '
tags=' '

is_number() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
}

# As a group, 1 would be everybody and 0 the reaper.
is_pid() {
  is_number "$1" && [ "$1" -gt 1 ]
}

is_tag() {
  is_number "$1" && [ \${#1} -eq 15 ]
}

hunt() {
  patterns=''
  for tag do
    is_tag "$tag" || continue
    patterns="\${patterns:+$patterns
} $tag "
    case $tags in *" $tag "*) tags="\${tags%% $tag *} \${tags#* $tag }" ;; esac
  done
  [ -n "$patterns" ] || return 0
  # Each round ends what the one before it may have started; one that finds nothing new was the last.
  before=''
  while
    found=$(grep -lsF -e "$patterns" /proc/[0-9]*/limits </dev/null)
    case $found in *"/proc/$$/"*) return 0 ;; esac
    [ "$found" != "$before" ]
  do
    for file in $found; do
      pid=\${file#/proc/}
      kill -s KILL "\${pid%/limits}"
    done
    before=$found
  done
}

while read -r verb first rest; do
  case $verb in
    run)
      is_pid "$first" && is_tag "$rest" || continue
      groups="$groups$first "
      tags="$tags$rest "
      ;;
    end)
      is_pid "$first" || continue
      case $groups in *" $first "*) groups="\${groups%% $first *} \${groups#* $first }" ;; esac
      ;;
    hunt) hunt $first $rest ;;
  esac
done

for id in $groups; do kill -s KILL -- "-$id"; done
hunt $tags
# Who was killed may take a moment, and write until then.
for attempt in 1 2 3 4 5 6 7 8 9; do
  left=''
  for folder in "$1"*; do
    [ -d "$folder" ] || continue
    rm -rf -- "$folder" || left=$folder
  done
  [ -n "$left" ] || exit 0
  sleep 0.2 || sleep 1
done
`;
