package io.mesosiam.agent;

import io.mesosiam.agent.redirect.Redirect;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.redirect.RulesException;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code rules --print} shows the redirect's rules without touching the packet filter; {@code rules --remove} takes them out of it. */
final class RulesCommand {
    static final String NAME = "rules";

    private RulesCommand() {}

    /**
     * @return the exit code: 0 done, 1 the packet filter or this host's facts can't be had
     * @throws IllegalArgumentException for wrong arguments or variables
     */
    static int run(List<String> arguments, Function<String, @Nullable String> environment, PrintStream out) {
        try {
            if (arguments.equals(List.of("--print"))) {
                print(environment, out);
            } else if (arguments.equals(List.of("--remove"))) {
                Redirect.remove();
            } else {
                throw new IllegalArgumentException("usage: mesos-iam-agent rules --print | --remove");
            }
            return 0;
        } catch (RulesException e) {
            out.println(e.getMessage());
            return 1;
        }
    }

    /** A comment instead of rules where the agent keeps none: rules that are not in the packet filter would pass for those that are. */
    private static void print(Function<String, @Nullable String> environment, PrintStream out) throws RulesException {
        Variables in = new Variables(AgentConfig.PREFIX, environment);
        boolean on = RedirectVariables.on(in);
        RedirectSettings settings = settings(in, on);
        if (on) {
            out.print(Redirect.print(settings));
        } else {
            out.println("# " + AgentConfig.PREFIX
                    + "REDIRECT is off: the agent puts no rules in. Set it to on to see them.");
        }
    }

    private static RedirectSettings settings(Variables in, boolean on) {
        RedirectSettings settings =
                RedirectVariables.settings(in, AgentConfig.listen(in, on).getPort(), AgentConfig.cgroupsRoot(in));
        in.check();
        return settings;
    }
}
