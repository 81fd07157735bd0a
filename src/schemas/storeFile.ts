/** The name of the store inside the state folder. */
export const STORE_FILE = "gateway.db"
