package io.mesosiam.agent;

import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.agent.redirect.Redirect;
import io.mesosiam.agent.redirect.RedirectSettings;
import io.mesosiam.agent.redirect.RulesException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code rules --print} prints the redirect's rules without changing the packet filter;
 * {@code rules --remove} removes them.
 */
final class RulesCommand {
    static final String NAME = "rules";

    private RulesCommand() {}

    /**
     * Runs the command.
     *
     * @return the exit code: 0 done, 1 the packet filter or the host's data can't be read or changed
     * @throws IllegalArgumentException for wrong arguments or variables
     */
    static int run(List<String> arguments, Function<String, @Nullable String> environment, PrintStream out) {
        try {
            if (arguments.equals(List.of("--print"))) {
                print(environment, out);
            } else if (arguments.equals(List.of("--remove"))) {
                Redirect.remove();
            } else {
                throw new WrongCommandLine("usage: mesos-iam-agent rules --print | --remove");
            }
            return 0;
        } catch (RulesException e) {
            out.println(e.getMessage());
            return 1;
        }
    }

    /**
     * Prints a comment instead of rules if the redirect is off, since readers would take printed rules for installed
     * ones.
     */
    private static void print(Function<String, @Nullable String> environment, PrintStream out) throws RulesException {
        Optional<RedirectSettings> settings = AgentConfig.redirectFrom(environment);
        if (settings.isPresent()) {
            out.print(Redirect.print(settings.get()));
        } else {
            out.println("# " + AgentConfig.PREFIX
                    + "REDIRECT is off: the agent installs no rules. Set it to on to see them.");
        }
    }
}
