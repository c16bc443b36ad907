// Weights come over the network once: kept under their checksum, listed, deleted; a bad download leaves nothing behind.
import { expect, test } from '../fixtures.mjs';

const WEIGHTS = '**/model.safetensors*';

test('weights are fetched once, listed with their size, and deleted', async ({ page, openPage, waitForEngine, checkAccessibility }) => {
  let fetched = 0;
  await page.route(WEIGHTS, (route) => {
    fetched += 1;
    return route.continue();
  });
  const came = page.getByTestId('weights-came');
  await openPage({ route: '#/lab' });
  await waitForEngine();
  await page.locator('[data-testid=kept-weights] > summary').click();
  await expect(came).toContainText('were fetched on this visit');
  const file = page.getByTestId('kept-file');
  await expect(file).toContainText('nano');
  expect(Number(await file.getAttribute('data-value'))).toBeGreaterThan(1_000_000);
  await checkAccessibility('.kept_weights');
  expect(fetched).toBe(1);

  await page.reload();
  await waitForEngine();
  await expect(came).toContainText('were here already');
  expect(fetched).toBe(1);

  await page.locator('[data-testid=kept-weights] > summary').click();
  await page.getByTestId('forget-file').click();
  await expect(file).toHaveCount(0);
  await page.reload();
  await waitForEngine();
  await expect(came).toContainText('were fetched on this visit');
  expect(fetched).toBe(2);
});

test('weights that broke off are not kept; the next try fetches them whole', async ({ page, openPage, waitForEngine }) => {
  await page.route(WEIGHTS, async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    await route.fulfill({ response: answer, body: body.subarray(0, body.length / 2) });
  });
  await openPage({ route: '#/lab' });
  await waitForEngine('failed');
  await expect(page.getByTestId('error-notice')).toContainText('nano');
  await page.locator('[data-testid=kept-weights] > summary').click();
  await expect(page.getByTestId('kept-file')).toHaveCount(0);
  await page.unroute(WEIGHTS);
  await page.getByTestId('error-notice').getByRole('button').first().click();
  await waitForEngine();
  await expect(page.getByTestId('kept-file')).toContainText('nano');
});

test('weights of another version than the page was made for are refused', async ({ page, openPage, waitForEngine }) => {
  await page.route(WEIGHTS, async (route) => {
    const answer = await route.fetch();
    const body = Buffer.from(await answer.body());
    body[body.length - 2] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  await openPage({ route: '#/lab' });
  await waitForEngine('failed');
  await expect(page.getByTestId('error-notice')).toContainText('is another file');
});
