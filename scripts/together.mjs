// Runs scripts of package.json beside each other: `node scripts/together.mjs check build`. What each prints is shown
// when it has ended, in one piece. Fails if one of them does, once all have ended.
import { execFile } from "node:child_process"
import { promisify } from "node:util"

const run = async (name) => {
  const { failed, stderr, stdout } = await promisify(execFile)("npm", ["run", "--silent", name], {
    maxBuffer: 64 * 1024 * 1024
  }).then(
    (printed) => ({ ...printed, failed: false }),
    ({ message, stderr = message, stdout = "" }) => ({ stdout, stderr, failed: true })
  )
  process.stdout.write(`${failed ? "✗" : "✓"} ${name}\n${stdout}`)
  process.stderr.write(stderr)
  return failed
}

const failures = await Promise.all(process.argv.slice(2).map(run))
if (failures.includes(true)) process.exitCode = 1
