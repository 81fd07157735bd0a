/**
 * The wardens of child processes, programs of a POSIX shell. Each line that one reads is the whole list of group ids; once
 * its stdin closes it ends them. It makes haste: a child that lives on could still carry out a send that the next gateway
 * has found to be missing.
 */

const BEGIN = `exec >/dev/null 2>&1
trap '' HUP INT TERM
groups=`

const END = `[ -n "$groups" ] || exit 0
for g in $groups; do kill -TERM "-$g"; done
sleep 0.5
for g in $groups; do kill -KILL "-$g"; done
exit 0`

export const WARDEN = `${BEGIN}
while read -r line; do groups=$line; done
${END}`

/**
 * A line begins with the seconds for which it holds, as `7.932`. Where no other comes in that time the groups are ended at
 * once, by a shell beside that is awake when nobody else is; a line has the shell of the line before give up. What it sleeps
 * does not count while a machine does, so that it asks for the time of day as well: by whole seconds, and never too early.
 */
export const WARDEN_UNDER_LEASE = `${BEGIN}
timer=
give_up() {
  [ -n "$timer" ] || return 0
  kill -USR1 "$timer"
  wait "$timer"
  timer=
}
while read -r left line; do
  groups=$line
  give_up
  [ -n "$groups" ] || continue
  (
    nap=
    trap '[ -z "$nap" ] || kill -KILL "$nap"; exit 0' USR1
    seconds=\${left%.*}
    until=$(($(date +%s) + seconds + 2))
    sleep "0.\${left#*.}" &
    nap=$!
    wait "$nap"
    while [ "$seconds" -gt 0 ] && [ "$(date +%s)" -lt "$until" ]; do
      sleep 1 &
      nap=$!
      wait "$nap"
      seconds=$((seconds - 1))
    done
    for g in $groups; do kill -KILL "-$g"; done
  ) &
  timer=$!
done
give_up
${END}`
