// Real proxies must never see test traffic: some SDKs read these variables at import and ignore NO_PROXY.
for (const name of Object.keys(process.env)) {
  if (/_proxy$/i.test(name)) delete process.env[name];
}
