/** Services to write down. */
import type { ServiceDefinition } from "../../../src/programs/commands/service/definition.ts"

/** A service with everything as usual but what is given. */
export const definition = (given: Partial<ServiceDefinition> = {}): ServiceDefinition => {
  const main = given.main ?? "/opt/gateway/dist/main.js"
  const configFile = given.configFile ?? "/Users/me/config.json5"
  return {
    program: "/usr/bin/node",
    main,
    configFile,
    arguments: [
      main,
      "--config",
      configFile,
      "--log-file",
      "/Users/me/.imsg-gateway/logs/gateway.log",
      "--log-format",
      "json"
    ],
    environment: {},
    home: "/Users/me",
    output: "/Users/me/.imsg-gateway/logs/service.log",
    stopSeconds: 30,
    ...given
  }
}

/** Paths that trip over one syntax or another. */
export const STRANGE: Partial<ServiceDefinition> = {
  program: "/opt/a b/ü&<>%h$x/node",
  main: `/opt/it's "the" gateway\\n/]]>/main.js`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd would take it for a variable
  configFile: "/Users/me/日本 & <config> 'é' \"%i\" ${HOME} #;=.json5"
}
