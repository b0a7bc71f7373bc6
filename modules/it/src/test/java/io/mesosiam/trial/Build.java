package io.mesosiam.trial;

import io.mesosiam.fakes.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The programs under trial.
 *
 * @param controller the controller's jar
 * @param agent the agent's jar, or the native image
 * @param postgres the directory of PostgreSQL's programs
 * @param database a data directory with the schema and the policies, which each trial copies
 */
record Build(Path controller, Path agent, Path postgres, Path database) {
    static final String POLICIES = """
            insert into policy (name, effect, framework_principal, task_name, iam_role_arn, session_length, short_session)
            select 'team-' || team, 'allow', 'svc', team || '-*', 'arn:aws:iam::111122223333:role/team-' || team, '15 minutes', true
            from unnest(array['a', 'b', 'c']) as team""";

    /** Prepares the programs and the database below a directory. */
    static Build prepare(Path controller, Path directory) throws Exception {
        Path modules = controller
                .toAbsolutePath()
                .normalize()
                .getParent()
                .getParent()
                .getParent()
                .getParent();
        String agent = System.getProperty(
                "mesosiam.agent.program",
                modules.resolve("agent/target/mesos-iam-agent.jar").toString());
        for (Path program : new Path[] {controller, Path.of(agent)}) {
            if (!Files.exists(program)) {
                throw new IOException(program + " does not exist: build it with ./mvnw -DskipTests package");
            }
        }
        Path programs = PostgresServer.unpack(Files.createDirectories(directory.resolve("postgresql")));
        Path data = directory.resolve("template");
        PostgresServer.initialize(programs, data);
        PostgresServer server = new PostgresServer(programs, data, List.of(), Map.of());
        server.start();
        server.execute("postgres", "create database " + TrialSite.DATABASE);
        TestPostgres.migrate("jdbc:" + server.url(TrialSite.DATABASE), PostgresServer.USER, PostgresServer.USER);
        server.execute(TrialSite.DATABASE, POLICIES);
        server.stop();
        return new Build(controller.toAbsolutePath(), Path.of(agent).toAbsolutePath(), programs, data);
    }
}
