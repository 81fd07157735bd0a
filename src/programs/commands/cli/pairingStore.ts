/** What the pairing commands work on. */
import type { Option } from "effect"
import * as PairingStoreSql from "../../../layers/pairing/PairingStoreSql.ts"
import { stateStore } from "./stateStore.ts"

export const pairingStore = (config: Option.Option<string>, isWhole = false) =>
  stateStore(config, PairingStoreSql.layer, { isWhole })
