package main

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"
)

// sbom is the bill of materials of a build: every module that is linked into
// it, and the Go that built it. Equal builds have equal ones.
func sbom(info *debug.BuildInfo) *cdx.BOM {
	components := []cdx.Component{component("std", strings.TrimPrefix(info.GoVersion, "go"), "")}
	for _, dep := range info.Deps {
		if dep.Replace != nil {
			dep = dep.Replace
		}
		components = append(components, component(dep.Path, dep.Version, dep.Sum))
	}
	slices.SortFunc(components, func(a, b cdx.Component) int { return strings.Compare(a.BOMRef, b.BOMRef) })
	main := component(info.Main.Path, cmp.Or(info.Main.Version, "(devel)"), "")
	main.Type = cdx.ComponentTypeApplication
	var parts []string
	for _, c := range components {
		parts = append(parts, c.BOMRef)
	}
	bom := cdx.NewBOM()
	bom.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, []byte(main.BOMRef+"\n"+strings.Join(parts, "\n"))).URN()
	bom.Metadata = &cdx.Metadata{Component: &main, Lifecycles: &[]cdx.Lifecycle{{Phase: cdx.LifecyclePhaseBuild}}}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &parts}}
	return bom
}

// component is a module. Its sum is Go's own: the SHA-256 of the digests of its
// files.
func component(path, version, sum string) cdx.Component {
	url := "pkg:golang/" + path + "@" + version
	c := cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: url, Scope: cdx.ScopeRequired}
	if digest, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:")); err == nil && len(digest) > 0 {
		c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(digest)}}
	}
	return c
}
