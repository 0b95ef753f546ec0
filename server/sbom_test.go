package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// TestSBOM builds the program and holds the bill that it prints of itself to
// what the Go toolchain reads in the file.
func TestSBOM(t *testing.T) {
	barre := filepath.Join(t.TempDir(), "barre")
	output := func(name string, args ...string) []byte {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), name, args...).Output()
		must(t, err)
		return out
	}
	output("go", "build", "-o", barre, ".")
	printed := output(barre, "version", "--sbom")
	if again := output(barre, "version", "--sbom"); !bytes.Equal(printed, again) {
		t.Error("asked again it prints another bill")
	}
	var bom cdx.BOM
	must(t, cdx.NewBOMDecoder(bytes.NewReader(printed), cdx.BOMFileFormatJSON).Decode(&bom))
	if bom.SpecVersion != cdx.SpecVersion1_6 || !strings.HasPrefix(bom.SerialNumber, "urn:uuid:") || bom.Metadata.Component.Name != "github.com/barrehq/barre" || bom.Metadata.Component.Type != cdx.ComponentTypeApplication {
		t.Errorf("the bill is one of %+v", bom.Metadata.Component)
	}
	billed := map[string]cdx.Component{}
	for _, c := range *bom.Components {
		if _, twice := billed[c.Name]; twice || c.PackageURL != "pkg:golang/"+c.Name+"@"+c.Version || c.BOMRef != c.PackageURL {
			t.Errorf("%s is billed as %s", c.Name, c.PackageURL)
		}
		billed[c.Name] = c
	}
	linked := regexp.MustCompile(`(?m)^\tdep\t(\S+)\t(\S+)\t(h1:\S+)$`).FindAllStringSubmatch(string(output("go", "version", "-m", barre)), -1)
	if len(linked) < 50 {
		t.Errorf("only %d modules are linked", len(linked))
	}
	for _, module := range linked {
		if c := billed[module[1]]; c.Version != module[2] || c.Hashes == nil || len(*c.Hashes) != 1 {
			t.Errorf("%s %s is billed as %+v", module[1], module[2], c)
		}
	}
	if std := billed["std"]; len(billed) != len(linked)+1 || std.Version == "" {
		t.Errorf("%d components are billed; %d modules are linked, and Go %q", len(billed), len(linked), std.Version)
	}
	if refs := (*bom.Dependencies)[0]; refs.Ref != bom.Metadata.Component.BOMRef || len(*refs.Dependencies) != len(billed) {
		t.Errorf("%s leads to %d components", refs.Ref, len(*refs.Dependencies))
	}
}
