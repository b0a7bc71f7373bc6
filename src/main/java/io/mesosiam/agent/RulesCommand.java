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
                out.print(Redirect.print(settings(environment)));
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

    private static RedirectSettings settings(Function<String, @Nullable String> environment) {
        Variables in = new Variables(AgentConfig.PREFIX, environment);
        RedirectSettings settings =
                RedirectVariables.settings(in, AgentConfig.listen(in, true).getPort());
        in.check();
        return settings;
    }
}
