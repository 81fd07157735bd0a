/** Where the control server listens. */

/** The name of the socket inside the state folder. */
export const SOCKET_FILE = "gateway.sock"

/** What macOS leaves of a socket's path, in bytes; Linux leaves four more. Node cuts off the rest without a word. */
export const LONGEST_PATH = 103
