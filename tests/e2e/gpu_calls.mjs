// What a training step asks of WebGPU, counted in the engine's worker.

/** Puts the counters in front of the WebGPU engine's first module. */
export async function countGpuCalls(page) {
  await page.route('**/engine/start_gpu.js*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `(${installCounters})();\n${await answer.text()}` });
  });
}

/** The last step's calls, and its milliseconds apart from waiting for the GPU. A step ends with its one read-back. */
export async function callsOfLastStep(page) {
  const steps = await page.workers()[0].evaluate(() => globalThis.gpuSteps);
  const [before, last] = steps.slice(-2);
  return Object.fromEntries(Object.keys(last).map((key) => [key, Math.round((last[key] - before[key]) * 10) / 10]));
}

/** Runs in the worker. Leaves in `gpuSteps` the totals so far at every read-back. */
function installCounters() {
  const totals = { dispatches: 0, submits: 0, bind_groups: 0, buffers: 0, writes: 0, pipelines: 0 };
  const steps = (globalThis.gpuSteps = []);
  let waitedMillis = 0;
  const count = (type, method, key) => {
    const original = type.prototype[method];
    type.prototype[method] = function (...parameters) {
      totals[key] += 1;
      return original.apply(this, parameters);
    };
  };
  count(GPUComputePassEncoder, 'dispatchWorkgroups', 'dispatches');
  count(GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', 'dispatches');
  count(GPUQueue, 'submit', 'submits');
  count(GPUQueue, 'writeBuffer', 'writes');
  count(GPUDevice, 'createBindGroup', 'bind_groups');
  count(GPUDevice, 'createBuffer', 'buffers');
  count(GPUDevice, 'createComputePipeline', 'pipelines');
  const map = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = async function (...parameters) {
    const began = performance.now();
    steps.push({ ...totals, program_millis: began - waitedMillis });
    try {
      return await map.apply(this, parameters);
    } finally {
      waitedMillis += performance.now() - began;
    }
  };
}
