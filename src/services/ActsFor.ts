/** For which actor somebody acts, where several gateways could: what it writes is refused once another one does. */
import { Context, Option } from "effect"

/** The shard of the actor, as the engine writes it ("group:id"); nothing for what any gateway may write. */
export class ActsFor extends Context.Reference<ActsFor>()("imsg-gateway/ActsFor", {
  defaultValue: (): Option.Option<string> => Option.none()
}) {}
