/** What the pairing commands work on. */
import type { Option } from "effect"
import * as PairingStoreSqlite from "../../../layers/pairing/PairingStoreSqlite.ts"
import { stateStore } from "./stateStore.ts"

export const pairingStore = (config: Option.Option<string>, isWhole = false) =>
  stateStore(config, PairingStoreSqlite.layer, { isWhole })
