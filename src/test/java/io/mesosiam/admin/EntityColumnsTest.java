package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import jakarta.persistence.Column;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.annotations.Formula;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The entities, the fields of the API, the columns of the migrations and the query of the decisions name the same columns. */
class EntityColumnsTest {
    private static final TestDatabase DB = TestPostgres.database();

    /** Columns that the decisions don't read: for people, or set by the database. */
    private static final List<String> NOT_DECIDING = List.of(
            "description",
            "short_session",
            "unique_external_id",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by");

    @AfterAll
    static void drop() {
        DB.close();
    }

    static List<Map.Entry<String, Class<?>>> tables() throws ClassNotFoundException {
        return List.of(
                Map.entry("policy", PolicyEntity.class),
                Map.entry("policy_revision", PolicyRevisionEntity.class),
                Map.entry("namespace", entity("namespace.NamespaceEntity")),
                Map.entry("namespace_revision", entity("namespace.NamespaceRevisionEntity")),
                Map.entry("launch_grant", entity("grant.LaunchGrantEntity")),
                Map.entry("join_token", entity("host.JoinTokenEntity")),
                Map.entry("host", entity("host.HostEntity")),
                Map.entry("attribute_trust", entity("trust.AttributeTrustEntity")),
                Map.entry("withdrawal", entity("withdrawal.WithdrawalEntity")));
    }

    /** Entities are package-private. */
    private static Class<?> entity(String name) throws ClassNotFoundException {
        return Class.forName("io.mesosiam.admin." + name);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void entityHasEveryColumnOfItsTable(Map.Entry<String, Class<?>> table) {
        assertThat(columns(table.getValue()))
                .containsExactlyInAnyOrderElementsOf(DB.query("select attname from pg_attribute where attrelid = '"
                        + table.getKey() + "'::regclass and attnum > 0 and not attisdropped"));
    }

    @Test
    void fieldsOfTheApiAndTheColumnsThatTheDatabaseSetsAreThoseOfTheEntity() {
        TreeSet<String> columns = Arrays.stream(PolicyField.values())
                .map(PolicyField::column)
                .collect(Collectors.toCollection(TreeSet::new));
        columns.addAll(
                List.of("id", "version", "namespace", "name", "created_at", "created_by", "updated_at", "updated_by"));

        assertThat(columns(PolicyEntity.class)).containsExactlyInAnyOrderElementsOf(columns);
    }

    @Test
    void decisionsReadEveryOtherColumnOfTheEntity() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/mesosiam/policy/store/PolicyRow.java"));
        Matcher query = Pattern.compile("String columns\\(String omitted\\) \\{(.*?)\n    }", Pattern.DOTALL)
                .matcher(source);
        assertThat(query.find()).isTrue();

        assertThat(columns(PolicyEntity.class))
                .filteredOn(column -> !NOT_DECIDING.contains(column))
                .allSatisfy(column -> assertThat(query.group(1)).containsPattern("\\b" + column + "\\b"));
    }

    @Test
    void defaultsAreThoseOfTheTable() {
        DB.execute("insert into policy (name, effect, match_all) values ('defaults', 'deny', true)");

        Arrays.stream(PolicyField.values())
                .filter(field -> field != PolicyField.EFFECT && field != PolicyField.MATCH_ALL)
                .forEach(field -> assertThat(DB.query("select case when '" + field.column()
                                + "' = 'session_length' then to_json(extract(epoch from session_length)::bigint)::text else to_json("
                                + field.column() + ")::text end from policy where name = 'defaults'"))
                        .as(field.column())
                        .containsExactly(field.standard().map(Object::toString).orElse(null)));
    }

    private static List<String> columns(Class<?> entity) {
        return Arrays.stream(entity.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .filter(field -> !field.getName().startsWith("$$_"))
                .filter(field -> !field.isAnnotationPresent(Formula.class))
                .map(EntityColumnsTest::column)
                .toList();
    }

    private static String column(Field field) {
        return Optional.ofNullable(field.getAnnotation(Column.class))
                .map(Column::name)
                .filter(name -> !name.isEmpty())
                .orElse(field.getName());
    }
}
