using Newtonsoft.Json;

namespace Airlock.DurableHost;

/// <summary>A function of the app: its name and the type of its trigger, for example <c>activityTrigger</c>.</summary>
public sealed record AppFunction(string Name, string Trigger);

/// <summary>What the host is told: one line of JSON on stdin, which stays open for as long as the host shall live.</summary>
/// <param name="Worker">URL that runs the app's functions.</param>
/// <param name="Origin">Origin of the functions host, in whose name the extensions write their URLs.</param>
/// <param name="SystemKey">The key in these URLs.</param>
/// <param name="HostJson">Path of the app's host.json.</param>
/// <param name="Functions">The functions whose triggers are served here.</param>
public sealed record Settings(
    string Worker,
    string Origin,
    string SystemKey,
    string HostJson,
    IReadOnlyList<AppFunction> Functions)
{
    /// <summary>Reads the line. Throws <see cref="InvalidDataException"/> where there is none.</summary>
    public static async Task<Settings> ReadAsync(TextReader reader)
    {
        string line = await reader.ReadLineAsync() ?? throw new InvalidDataException("There are no settings on stdin.");
        return JsonConvert.DeserializeObject<Settings>(line) ?? throw new InvalidDataException("The settings are null.");
    }
}
