/** Waits until the page says that its engine is in this state: `ready`, `training`, `paused`, … */
export function engineIs(page, state, { minutes = 2 } = {}) {
  return page.locator(`[data-testid=engine-status][data-state=${state}]`).waitFor({ timeout: minutes * 60_000 });
}
