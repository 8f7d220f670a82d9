using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Airlock.DurableHost;

/// <summary>The app's host.json, put where the extensions look for it, as the Functions host does.</summary>
public static class HostJson
{
    /// <summary>The section below which a job host finds its configuration; environment variables override it.</summary>
    private const string Section = "AzureFunctionsJobHost";

    public static Dictionary<string, string?> ToConfiguration(JObject hostJson)
    {
        var settings = new Dictionary<string, string?> { ["AzureWebJobsConfigurationSection"] = Section };
        foreach (JValue value in hostJson.Descendants().OfType<JValue>())
        {
            // "extensions.http[0]" is "extensions:http:0" in a configuration.
            string path = value.Path.Replace('.', ':').Replace('[', ':').Replace("]", string.Empty, StringComparison.Ordinal);
            settings[$"{Section}:{path}"] = Convert.ToString(value.Value, CultureInfo.InvariantCulture);
        }

        return settings;
    }

    /// <summary>How long an invocation may take; five minutes where the configuration does not say.</summary>
    public static TimeSpan FunctionTimeout(IConfiguration configuration) =>
        TimeSpan.Parse(configuration[$"{Section}:functionTimeout"] ?? "00:05:00", CultureInfo.InvariantCulture);
}
