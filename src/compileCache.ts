/**
 * Compiled code is kept from start to start, where Node can (from 22.8 on). It lies in the user's own cache folder:
 * Node would take the system's temporary folder, which on Linux is everybody's, and what lies there is run.
 */
import module from "node:module"
import { homedir } from "node:os"
import { join } from "node:path"

const folder =
  process.platform === "darwin"
    ? join(homedir(), "Library", "Caches")
    : process.env.XDG_CACHE_HOME || join(homedir(), ".cache")

// It answers why where it cannot, and everything works without. `NODE_COMPILE_CACHE` goes before, as everywhere.
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") {
  module.enableCompileCache(join(folder, "imsg-gateway", "compiled"))
}
