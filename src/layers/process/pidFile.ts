/** The file of a state folder that names the process of its gateway. */
import { FileSystem } from "@effect/platform"
import { Effect, Option, Schema } from "effect"

export const PID_FILE = "gateway.pid"

const decodePid = Schema.decodeOption(
  Schema.compose(Schema.Trim, Schema.NumberFromString).pipe(Schema.int(), Schema.positive())
)

/** The process id that the file names; none where it names none, or cannot be read. */
export const pidIn = (file: string): Effect.Effect<Option.Option<number>, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)).pipe(
    Effect.map(decodePid),
    Effect.orElseSucceed(() => Option.none<number>())
  )
