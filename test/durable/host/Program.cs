using Airlock.DurableHost;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.EventGrid;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

// Stdout is for the ready line alone; the extension writes its telemetry there.
TextWriter readyLine = Console.Out;
Console.SetOut(Console.Error);
// The extension blocks a thread for each orchestrator that runs out of process, ten at once by default: the pool would
// grow too slowly.
ThreadPool.SetMinThreads(32, 32);

Settings settings = await Settings.ReadAsync(Console.In);
Worker.Url = settings.Worker;
JObject hostJson = JObject.Parse(await File.ReadAllTextAsync(settings.HostJson));

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Configuration.AddInMemoryCollection(HostJson.ToConfiguration(hostJson)).AddEnvironmentVariables();
builder.Logging.ClearProviders();
builder.Logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Host.ConfigureWebJobs(jobs =>
{
    jobs.AddDurableTask();
    jobs.AddEventGrid();
});
builder.Services.AddSingleton<ITypeLocator>(new FunctionMaker(settings.Functions));
builder.Services.AddSingleton(new Webhooks(settings));
#pragma warning disable CS0618 // See Webhooks.
builder.Services.AddSingleton<IWebHookProvider>(services => services.GetRequiredService<Webhooks>());
#pragma warning restore CS0618
builder.Services.Configure<JobHostFunctionTimeoutOptions>(options =>
{
    options.Timeout = HostJson.FunctionTimeout(builder.Configuration);
    options.ThrowOnTimeout = true;
});

await using WebApplication host = builder.Build();
host.Run(host.Services.GetRequiredService<Webhooks>().AnswerAsync);
await host.StartAsync();
await ((JobHost)host.Services.GetRequiredService<IJobHost>()).CallAsync(nameof(ClientProbe.ReadClientBinding));

var client = JObject.Parse(ClientProbe.Binding ?? throw new InvalidOperationException("The durable client has no binding."));
await readyLine.WriteLineAsync(JsonConvert.SerializeObject(new { origin = host.Urls.First(), client }));

// Stdin ends when whoever started the host does, however that happens.
_ = Task.Run(async () =>
{
    while (await Console.In.ReadLineAsync() is not null)
    {
    }

    host.Lifetime.StopApplication();
    // Nobody waits any more for what is under way.
    await Task.Delay(TimeSpan.FromSeconds(2));
    Environment.Exit(0);
});
await host.WaitForShutdownAsync();
