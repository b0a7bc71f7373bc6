package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasterHostsTest {
    private final MasterHosts hosts = new MasterHosts(
            List.of(URI.create("https://m1:5050"), URI.create("https://m2:5050/"), URI.create("http://old:5050")),
            Map.of(
                    "master1.mesos.test:5050",
                    URI.create("https://10.0.0.1:5050"),
                    "m3",
                    URI.create("https://m2:5050")));

    @ParameterizedTest
    @CsvSource({
        "https://m1:5050/redirect, //m2:5050,                          https://m2:5050/",
        "https://m1:5050/state,    //M2:5050/master/state?a=b%20c,     https://m2:5050/master/state?a=b%20c",
        "https://m1:5050/state,    //master1.mesos.test:5050/x,        https://10.0.0.1:5050/x",
        "https://m1:5050/state,    //m3:1234/x,                        https://m2:5050/x",
        "https://m1:5050/state,    /master/state,                      https://m1:5050/master/state",
        "http://old:5050/state,    //old:5050/x,                       http://old:5050/x",
        "http://old:5050/state,    //m1:5050/x,                        https://m1:5050/x",
    })
    void redirectLeadsToAConfiguredMaster(URI from, String location, URI to) throws MasterFailure {
        assertThat(hosts.resolve(from, location)).isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({
        "https://m1:5050/, //evil.test:5050/state,    a host that neither",
        "https://m1:5050/, //m1:5051/state,           a host that neither",
        "https://m1:5050/, //m1:5050@evil.test/,      a host that neither",
        "https://m1:5050/, http://m2:5050/state,      away from https",
        "https://m1:5050/, //old:5050/state,          away from https",
        "https://m1:5050/, file:///etc/passwd,        which is not an http or https URL",
        "https://m1:5050/, //a b/,                    which is not a URL",
    })
    void redirectElsewhereIsRejected(URI from, String location, String why) {
        assertThatThrownBy(() -> hosts.resolve(from, location))
                .isInstanceOf(MasterFailure.class)
                .hasMessageContaining("https://m1:5050 redirects to " + location)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m1:5050", "ftp://m1", "http://m1:5050/prefix", "http://user@m1:5050", "http://m1?x=y"})
    void masterIsAnHttpUrlWithoutPath(String master) {
        assertThatThrownBy(() -> new MasterHosts(List.of(URI.create(master)), Map.of()))
                .hasMessageStartingWith("mesos-iam.mesos.masters must be http(s)://host:port, has ");
    }

    @Test
    void mastersAreRequired() {
        assertThatThrownBy(() -> new MasterHosts(List.of(), Map.of())).hasMessage("mesos-iam.mesos.masters is empty");
    }

    @Test
    void aliasWithDotsCanBeGivenInOneValue() {
        assertThat(AliasList.and(Map.of(), Optional.of(List.of("m1.example:5050=http://127.0.0.1:1"))))
                .containsEntry("m1.example:5050", URI.create("http://127.0.0.1:1"));
        assertThatThrownBy(() -> AliasList.and(Map.of(), Optional.of(List.of("m1.example"))))
                .hasMessage("mesos-iam.mesos.alias must be host:port=http(s)://host:port, has m1.example");
    }
}
