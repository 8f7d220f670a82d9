using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Description;
using Microsoft.Azure.WebJobs.Host.Config;

namespace Airlock.DurableHost;

// The interface is marked obsolete as a preview, and there is no other by which an extension gets its webhook.
#pragma warning disable CS0618
/// <summary>Serves the extensions' webhooks under <c>/runtime/webhooks</c>.</summary>
public sealed class Webhooks(Settings settings) : IWebHookProvider
#pragma warning restore CS0618
{
    private const string Root = "/runtime/webhooks/";

    private readonly ConcurrentDictionary<string, IAsyncConverter<HttpRequestMessage, HttpResponseMessage>> extensions =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The URL of an extension's webhook, asked for as the extension is set up.</summary>
    public Uri GetUrl(IExtensionConfigProvider extension)
    {
        if (extension is not IAsyncConverter<HttpRequestMessage, HttpResponseMessage> handler)
            throw new InvalidOperationException($"{extension.GetType().Name} answers no requests.");
        string name = extension.GetType().GetCustomAttribute<ExtensionAttribute>()?.ConfigurationSection
            ?? extension.GetType().Name;
        this.extensions[name] = handler;
        return new Uri($"{settings.Origin}{Root}{name.ToLowerInvariant()}?code={settings.SystemKey}");
    }

    /// <summary>Answers a request with what the extension answers, 404 where there is none of that name.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? string.Empty;
        string name = path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..].Split('/')[0] : string.Empty;
        if (!this.extensions.TryGetValue(name, out IAsyncConverter<HttpRequestMessage, HttpResponseMessage>? extension))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using HttpRequestMessage request = await ToMessageAsync(context.Request);
        using HttpResponseMessage response = await extension.ConvertAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (header, values) in response.Headers) context.Response.Headers[header] = values.ToArray();
        foreach (var (header, values) in response.Content.Headers) context.Response.Headers[header] = values.ToArray();
        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task<HttpRequestMessage> ToMessageAsync(HttpRequest incoming)
    {
        using var body = new MemoryStream();
        await incoming.Body.CopyToAsync(body);
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), incoming.GetEncodedUrl())
        {
            Content = new ByteArrayContent(body.ToArray()),
        };
        foreach (var (header, values) in incoming.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header, values.ToArray()))
                request.Content.Headers.TryAddWithoutValidation(header, values.ToArray());
        }

        return request;
    }
}
