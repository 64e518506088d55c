/// A tenant of our own in this process, and both handles for it. With a real one, only the URL and the credentials
/// differ.
#[allow(dead_code, reason = "documents use one of the handles, or none of them")]
async fn tenant(devices: u32) -> (muster_uem::Running, muster_client::Client, muster_client::Writer) {
    let uem = muster_uem::start(muster_uem::Settings { devices, ..muster_uem::Settings::in_memory() });
    let uem = uem.await.expect("a tenant starts");
    let credentials = muster_client::Credentials::Basic {
        username: uem.ready.username.clone(),
        password: uem.ready.password.clone().into(),
        tenant_code: uem.ready.tenant_code.clone().into(),
    };
    let mut settings = muster_client::Settings::new(uem.url.clone(), credentials);
    settings.rate.per_second = 5_000.0;
    let (client, writer) = muster_client::connect(settings).await.expect("the tenant lets us in");
    (uem, client, writer)
}
