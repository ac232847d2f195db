package io.torrentstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The rules of docs/CONTRIBUTING.md that a machine can check, by means of the JDK's own parser. */
class SourceRulesTest {
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path TEST = Path.of("src/test/java");
  private static final int FILE_LINES = 400;
  private static final int METHOD_LINES = 40;
  private static final int CONSTRUCTOR_PARAMETERS = 6;

  @Test
  void nothingIsLeftUndone() throws IOException {
    Pattern words = Pattern.compile("\\b(todo|fixme)\\b", Pattern.CASE_INSENSITIVE);
    List<Path> files = new ArrayList<>(Sources.under(MAIN));
    files.addAll(Sources.under(TEST));
    files.removeIf(file -> file.endsWith("SourceRulesTest.java"));
    assertEquals(List.of(), Sources.linesMatching(files, words));
  }

  @Test
  void onlyTheConsoleAndTheLogTouchTheProcessStreams() throws IOException {
    List<Path> files = new ArrayList<>(Sources.under(MAIN));
    files.removeIf(file -> file.endsWith("cli/Console.java") || file.endsWith("cli/Logging.java"));
    Pattern streams = Pattern.compile("System\\.(out|err|in)\\b|printStackTrace\\(\\)");
    assertEquals(List.of(), Sources.linesMatching(files, streams));
  }

  /** Whoever sets the clock must not end a download, or start a storm of announces. */
  @Test
  void nothingIsTimedByTheWallClock() throws IOException {
    List<Path> files = new ArrayList<>(Sources.under(MAIN));
    // These print dates, or read those of others.
    for (String dates :
        List.of("cli/InfoText", "cli/SettingsOptions", "cli/JsonProgress", "net/RangeExchange")) {
      files.removeIf(file -> file.endsWith(dates + ".java"));
    }
    Pattern wallClock =
        Pattern.compile("currentTimeMillis|Instant\\.now|Clock\\.system|new Date\\(");
    assertEquals(List.of(), Sources.linesMatching(files, wallClock));
  }

  @Test
  void noTestIsDisabledOrWaitsForAFixedTime() throws IOException {
    Pattern disabled = Pattern.compile("@Disabled\\b|Thread\\.sleep\\(");
    List<Path> files = new ArrayList<>(Sources.under(TEST));
    files.removeIf(file -> file.endsWith("SourceRulesTest.java"));
    assertEquals(List.of(), Sources.linesMatching(files, disabled));
  }

  @Test
  void filesAreShort() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Sources.under(MAIN)) {
      int lines = Files.readAllLines(file).size();
      if (lines > FILE_LINES) {
        found.add(file + ": " + lines + " lines");
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void everyPackageIsDescribed() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Sources.under(MAIN)) {
      if (!Files.exists(file.resolveSibling("package-info.java"))) {
        found.add(file.getParent().toString());
      }
    }
    assertEquals(List.of(), found.stream().distinct().toList());
  }

  @Test
  void publicTypesAreDescribedAndMethodsAreShort() throws IOException {
    List<String> found = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      var sources = files.getJavaFileObjectsFromPaths(Sources.under(MAIN));
      JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null, sources);
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new RuleScanner(trees, unit, found).scan(unit, null);
      }
    }
    assertEquals(List.of(), found);
  }

  private static final class RuleScanner extends TreePathScanner<Void, Void> {
    private final DocTrees trees;
    private final CompilationUnitTree unit;
    private final List<String> found;

    RuleScanner(DocTrees trees, CompilationUnitTree unit, List<String> found) {
      this.trees = trees;
      this.unit = unit;
      this.found = found;
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      ModifiersTree modifiers = type.getModifiers();
      boolean described = trees.getDocComment(getCurrentPath()) != null;
      boolean topLevel = getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree;
      if (!described && (topLevel || modifiers.getFlags().contains(Modifier.PUBLIC))) {
        report(type, "type " + type.getSimpleName() + " has no Javadoc");
      }
      return super.visitClass(type, unused);
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      LineMap lines = unit.getLineMap();
      long end = trees.getSourcePositions().getEndPosition(unit, method);
      // From the name, not from the annotations or the Javadoc. Generated constructors have no end.
      long length = end < 0 ? 0 : lines.getLineNumber(end) - bodyLine(method) + 1;
      if (length > METHOD_LINES) {
        report(method, "method " + method.getName() + " has " + length + " lines");
      }
      ClassTree type = (ClassTree) getCurrentPath().getParentPath().getLeaf();
      boolean constructor =
          method.getName().contentEquals("<init>") && type.getKind() != Tree.Kind.RECORD;
      if (constructor && end >= 0 && method.getParameters().size() > CONSTRUCTOR_PARAMETERS) {
        report(method, "constructor has " + method.getParameters().size() + " parameters");
      }
      return super.visitMethod(method, unused);
    }

    private long bodyLine(MethodTree method) {
      Tree first = method.getBody() == null ? method : method.getBody();
      return unit.getLineMap()
          .getLineNumber(trees.getSourcePositions().getStartPosition(unit, first));
    }

    private void report(Tree tree, String what) {
      long start = trees.getSourcePositions().getStartPosition(unit, tree);
      long line = unit.getLineMap().getLineNumber(start);
      found.add(Path.of(unit.getSourceFile().getName()) + ":" + line + ": " + what);
    }
  }
}
