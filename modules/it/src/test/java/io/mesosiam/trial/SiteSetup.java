package io.mesosiam.trial;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a trial's site consists of; a trial changes what it needs. */
final class SiteSetup {
    private int controllers = 2;
    private String controllerHeap = "512m";
    private int hosts = 20;
    private int agents = 2;
    private int tasks = 10;
    private Duration session = Duration.ofSeconds(90);
    private Duration heartbeat = Duration.ofSeconds(2);
    private InstantSource masterClock = InstantSource.system();
    private Optional<Path> database = Optional.empty();
    private String channelHost = "127.0.0.1";
    private List<String> controllerNames = List.of("dns:localhost");
    private List<String> agentThrough = List.of();
    private Optional<String> agentAddress = Optional.empty();
    private Optional<Path> agentLogs = Optional.empty();
    private Optional<Path> firstController = Optional.empty();
    private Optional<Path> firstAgent = Optional.empty();
    private boolean standby;
    private boolean synchronousStandby;
    private boolean secondMaster;
    private boolean ownWays;
    private final List<AutoCloseable> ends = new ArrayList<>();
    private final Map<String, String> databaseEnvironment = new HashMap<>();
    private final Map<String, String> controllerSettings = new HashMap<>();
    private final Map<String, String> agentSettings = new HashMap<>();
    private final List<String> databaseOptions = new ArrayList<>();

    SiteSetup hosts(int number) {
        hosts = number;
        return this;
    }

    SiteSetup controllers(int number) {
        controllers = number;
        return this;
    }

    SiteSetup controllerHeap(String size) {
        controllerHeap = size;
        return this;
    }

    /** How long sessions last. */
    SiteSetup session(Duration length) {
        session = length;
        return this;
    }

    /** The clock in what the master lists. */
    SiteSetup masterClock(InstantSource clock) {
        masterClock = clock;
        return this;
    }

    /** The data directory of PostgreSQL, such as a mount of the trial. */
    SiteSetup database(Path data) {
        database = Optional.of(data);
        return this;
    }

    SiteSetup databaseOption(String option) {
        databaseOptions.add(option);
        return this;
    }

    SiteSetup controllerSetting(String name, String value) {
        controllerSettings.put(name, value);
        return this;
    }

    SiteSetup agentSetting(String name, String value) {
        agentSettings.put(name, value);
        return this;
    }

    /** Lets real agents and their containers run through this command, and reach the controllers at this address of the host. */
    SiteSetup agentsBehind(List<String> through, String address) {
        agentThrough = List.copyOf(through);
        channelHost = "0.0.0.0";
        controllerNames = List.of("dns:localhost", "ip:" + address);
        agentAddress = Optional.of(address);
        return this;
    }

    /** The directory of the real agents' logs. */
    SiteSetup agentLogs(Path mount) {
        agentLogs = Optional.of(mount);
        return this;
    }

    /** The jar that the controllers run at first; it makes the schema. */
    SiteSetup firstController(Path jar) {
        firstController = Optional.of(jar);
        return this;
    }

    /** The program that the real agents run at first. */
    SiteSetup firstAgent(Path program) {
        firstAgent = Optional.of(program);
        return this;
    }

    /** Adds a standby of PostgreSQL, which has each commit before it is acknowledged. */
    SiteSetup synchronousStandby() {
        synchronousStandby = true;
        return asynchronousStandby();
    }

    /** Adds a standby of PostgreSQL, which gets commits after they are acknowledged. */
    SiteSetup asynchronousStandby() {
        standby = true;
        return this;
    }

    /** Adds a master that follows the leading one. */
    SiteSetup secondMaster() {
        secondMaster = true;
        return this;
    }

    /** Lets each controller reach the master through a proxy of its own. */
    SiteSetup ownWaysToTheMaster() {
        ownWays = true;
        return this;
    }

    /** Removes something when the trial ends. */
    <T extends AutoCloseable> T remove(T part) {
        ends.add(part);
        return part;
    }

    SiteSetup databaseEnvironment(String name, String value) {
        databaseEnvironment.put(name, value);
        return this;
    }

    int controllers() {
        return controllers;
    }

    String controllerHeap() {
        return controllerHeap;
    }

    int hosts() {
        return hosts;
    }

    int agents() {
        return agents;
    }

    int tasks() {
        return tasks;
    }

    Duration session() {
        return session;
    }

    Duration heartbeat() {
        return heartbeat;
    }

    InstantSource masterClock() {
        return masterClock;
    }

    Optional<Path> database() {
        return database;
    }

    String channelHost() {
        return channelHost;
    }

    List<String> controllerNames() {
        return controllerNames;
    }

    List<String> agentThrough() {
        return agentThrough;
    }

    Map<String, String> controllerSettings() {
        return Map.copyOf(controllerSettings);
    }

    Map<String, String> agentSettings() {
        return Map.copyOf(agentSettings);
    }

    List<String> databaseOptions() {
        return List.copyOf(databaseOptions);
    }

    Optional<Path> agentLogs() {
        return agentLogs;
    }

    Optional<Path> firstController() {
        return firstController;
    }

    Optional<Path> firstAgent() {
        return firstAgent;
    }

    boolean hasStandby() {
        return standby;
    }

    boolean hasSynchronousStandby() {
        return synchronousStandby;
    }

    boolean hasOwnWaysToTheMaster() {
        return ownWays;
    }

    boolean hasSecondMaster() {
        return secondMaster;
    }

    /** What is removed when the trial ends, in this order. */
    List<AutoCloseable> ends() {
        return ends.reversed();
    }

    Map<String, String> databaseEnvironment() {
        return Map.copyOf(databaseEnvironment);
    }

    /** The setting of the real agents, from the URIs of the controllers on this host. */
    String agentControllers(List<String> uris) {
        String all = String.join(",", uris);
        return agentAddress.map(address -> all.replace("localhost", address)).orElse(all);
    }
}
