using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.EventGrid;
using Microsoft.Azure.WebJobs.Host;

namespace Airlock.DurableHost;

/// <summary>
/// Makes a class with one static method for each function of the app, as the Functions host does for languages other
/// than C#: the job host finds functions by the attributes on methods, and the app's are known at run time alone.
/// </summary>
public sealed class FunctionMaker(IReadOnlyList<AppFunction> functions) : ITypeLocator
{
    private static readonly Dictionary<string, Trigger> Triggers = new()
    {
        ["orchestrationTrigger"] = new(typeof(OrchestrationTriggerAttribute), nameof(Worker.RunOrchestrator)),
        ["entityTrigger"] = new(typeof(EntityTriggerAttribute), nameof(Worker.RunEntity)),
        ["activityTrigger"] = new(typeof(ActivityTriggerAttribute), nameof(Worker.RunActivity)),
        ["eventGridTrigger"] = new(typeof(EventGridTriggerAttribute), nameof(Worker.RunOnEvent)),
    };

    private readonly Type made = Make(functions);

    public IReadOnlyList<Type> GetTypes() => [this.made, typeof(ClientProbe)];

    private static Type Make(IReadOnlyList<AppFunction> functions)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("App"), AssemblyBuilderAccess.Run);
        TypeBuilder type = assembly.DefineDynamicModule("App").DefineType(
            "Functions",
            TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        foreach (AppFunction function in functions) DefineFunction(type, function);
        return type.CreateType();
    }

    /// <summary><c>[FunctionName(name)] static Task name([Trigger] string data, …) => Worker.Run…(name, data, …)</c></summary>
    private static void DefineFunction(TypeBuilder type, AppFunction function)
    {
        Trigger trigger = Triggers[function.Trigger];
        MethodInfo target = typeof(Worker).GetMethod(trigger.Target)
            ?? throw new MissingMethodException(nameof(Worker), trigger.Target);
        // The first parameter of the target is the function's name; the job host binds the others by their names.
        ParameterInfo[] bound = target.GetParameters()[1..];
        MethodBuilder method = type.DefineMethod(
            function.Name,
            MethodAttributes.Public | MethodAttributes.Static,
            target.ReturnType,
            [.. bound.Select(one => one.ParameterType)]);
        method.SetCustomAttribute(Attribute(typeof(FunctionNameAttribute), function.Name));
        foreach (ParameterInfo one in bound) method.DefineParameter(one.Position, ParameterAttributes.None, one.Name);
        method.DefineParameter(1, ParameterAttributes.None, bound[0].Name).SetCustomAttribute(Attribute(trigger.Attribute));

        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Ldstr, function.Name);
        for (short index = 0; index < bound.Length; index++) code.Emit(OpCodes.Ldarg, index);
        code.Emit(OpCodes.Call, target);
        code.Emit(OpCodes.Ret);
    }

    private static CustomAttributeBuilder Attribute(Type attribute, params object[] arguments)
    {
        ConstructorInfo constructor = attribute.GetConstructor([.. arguments.Select(one => one.GetType())])
            ?? throw new MissingMethodException(attribute.Name, ".ctor");
        return new CustomAttributeBuilder(constructor, arguments);
    }

    private sealed record Trigger(Type Attribute, string Target);
}

/// <summary>A function of the host's own, which tells what the durable client's binding gives to the app.</summary>
public static class ClientProbe
{
    public static string? Binding { get; private set; }

    // A text is what languages other than C# get of the binding; the analyzer is made for C#.
#pragma warning disable DF0203
    [NoAutomaticTrigger]
    [FunctionName(nameof(ReadClientBinding))]
    public static void ReadClientBinding([DurableClient] string client) => Binding = client;
#pragma warning restore DF0203
}
