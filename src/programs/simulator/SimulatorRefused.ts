import { Schema } from "effect"

/** The simulator cannot do what it was asked to. `detail` says what is wrong and where, `hint` what to do. */
export class SimulatorRefused extends Schema.TaggedError<SimulatorRefused>()("SimulatorRefused", {
  detail: Schema.String,
  hint: Schema.String
}) {
  readonly code = "simulator_refused"
  override get message(): string {
    return this.detail
  }
}
