using System.Net;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Airlock.DurableHost;

/// <summary>Asks the worker to run the app's functions. What the functions made at run time call is static.</summary>
public static class Worker
{
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private static readonly JsonSerializerSettings AsWritten = new() { DateParseHandling = DateParseHandling.None };

    /// <summary>Set once, before the first invocation.</summary>
    public static string Url { get; set; } = string.Empty;

    public static Task<object?> RunOrchestrator(string name, string context) =>
        InvokeAsync("orchestrationTrigger", name, context);

    public static Task<object?> RunEntity(string name, string context) => InvokeAsync("entityTrigger", name, context);

    public static Task<object?> RunActivity(string name, string? input, string instanceId) =>
        InvokeAsync("activityTrigger", name, input, instanceId);

    public static Task RunOnEvent(string name, string data) => InvokeAsync("eventGridTrigger", name, data);

    private static async Task<object?> InvokeAsync(string trigger, string name, string? data, string? instanceId = null)
    {
        string body = JsonConvert.SerializeObject(new { trigger, name, data, instanceId });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await PostAsync(content).ConfigureAwait(false);
        // The Functions host's own words where no worker process is left to run a function.
        if (response.StatusCode == HttpStatusCode.InternalServerError)
            throw new InvalidOperationException("Did not find any initialized language workers");
        response.EnsureSuccessStatusCode();
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        JObject answer = JsonConvert.DeserializeObject<JObject>(text, AsWritten)
            ?? throw new InvalidDataException($"The worker answered {text} for {name}.");
        if (answer["failure"] is JObject failure)
            throw new FunctionFailedException(failure.Value<string>("message"), failure.Value<string>("stack"));
        return ValueOf(answer["returnValue"] as JObject);
    }

    private static async Task<HttpResponseMessage> PostAsync(StringContent content)
    {
        try
        {
            return await Http.PostAsync(Url, content).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            // The worker's process has gone.
            throw new InvalidOperationException("Did not find any initialized language workers", error);
        }
    }

    /// <summary>The value that the Functions host makes of a worker's TypedData.</summary>
    private static object? ValueOf(JObject? typed) =>
        typed?.Properties().FirstOrDefault() switch
        {
            { Name: "string", Value: var text } => (string?)text,
            { Name: "json", Value: var json } => JsonConvert.DeserializeObject((string?)json ?? "null", AsWritten),
            { Name: "int", Value: var number } => (long)number,
            { Name: "double", Value: var number } => (double)number,
            _ => null,
        };
}

/// <summary>A function threw: the message is the one that the Functions host makes of a worker's failure.</summary>
public sealed class FunctionFailedException(string? message, string? stack)
    : Exception($"Result: Failure\nException: {message}\nStack: {stack}");
