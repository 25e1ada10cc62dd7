/** One numbered step of the database's layout. Released steps never change; a new need is a new step. */
export interface Migration {
  /** The `user_version` that the database has after this step. */
  readonly version: number;
  readonly sql: string;
}
